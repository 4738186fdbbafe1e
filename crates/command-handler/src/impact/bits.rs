//! A set of entitlements in a fixed room. It never misses one that was put in; it may name one that was not.

use resit_domain::EntitlementId;

/// How many bits there are: 8 MiB of them. Of ten million entitlements it names one in 14 that was not put in.
const BITS: usize = 1 << 26;

/// How many bits stand for an entitlement.
const EACH: usize = 2;

/// Entitlements, some of them by mistake.
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn new() -> Self {
        Self(vec![0; BITS / 64])
    }

    pub(super) fn put(&mut self, id: EntitlementId) {
        for bit in bits_of(id) {
            self.0[bit / 64] |= 1 << (bit % 64);
        }
    }

    /// Whether it may have been put in; if not, it was not.
    pub(super) fn may_have(&self, id: EntitlementId) -> bool {
        bits_of(id).into_iter().all(|bit| self.0[bit / 64] & (1 << (bit % 64)) != 0)
    }
}

/// An id is a hash, or begins with a time and ends with dice: its last bytes are spread evenly.
fn bits_of(EntitlementId(id): EntitlementId) -> [usize; EACH] {
    let low = |bytes: [u8; 4]| u32::from_le_bytes(bytes) as usize % BITS;
    [low([id[8], id[9], id[10], id[11]]), low([id[12], id[13], id[14], id[15]])]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> EntitlementId {
        let mut bytes = [0; 16];
        bytes[8..12].copy_from_slice(&number.wrapping_mul(0x9E37_79B9).to_le_bytes());
        bytes[12..].copy_from_slice(&number.wrapping_mul(0x85EB_CA6B).to_le_bytes());
        EntitlementId(bytes)
    }

    #[test]
    fn what_was_put_in_is_there_and_little_else() {
        let mut bits = Bits::new();
        (0..10_000).for_each(|number| bits.put(id(number)));
        assert!((0..10_000).all(|number| bits.may_have(id(number))));
        let others = (10_000..20_000).filter(|number| bits.may_have(id(*number))).count();
        assert!(others < 10, "{others}");
    }
}
