//! Names with numbers: a hash table that keeps all its names in one piece of memory.
//!
//! A segment has hundreds of thousands of names. Kept one by one, they cost more to drop than to find.

use super::Key;

/// How many slots there are for each entry, at least.
const SLOTS_PER_ENTRY: usize = 2;

/// Names with numbers. Nothing is ever removed but what came last.
#[derive(Debug, Default)]
pub(crate) struct NameTable {
    /// By hash: the upper half is a part of the hash, the lower half the entry's number from 1; 0 is a free slot.
    slots: Vec<u64>,
    /// In the order in which the names came.
    entries: Vec<Entry>,
    /// All names, one behind the other.
    names: String,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u64,
    /// Where in all the names this one ends; it starts where the one before it ends.
    name_end: u32,
    number: u32,
}

impl NameTable {
    /// An empty table with room for as much as another one has.
    pub(crate) fn like(other: &Self) -> Self {
        Self {
            slots: vec![0; other.slots.len()],
            entries: Vec::with_capacity(other.entries.len()),
            names: String::with_capacity(other.names.len()),
        }
    }

    /// The number of a name.
    pub(crate) fn get(&self, key: Key, name: &str) -> Option<u32> {
        let (_, entry) = self.find(key.in_memory(), name)?;
        Some(self.entries[entry?].number)
    }

    /// Gives a name a number; returns the one that it had.
    pub(crate) fn set(&mut self, key: Key, name: &str, number: u32) -> Option<u32> {
        if self.slots.len() <= self.entries.len() * SLOTS_PER_ENTRY {
            self.grow();
        }
        let hash = key.in_memory();
        let (slot, entry) = self.find(hash, name).expect("a table that has grown has slots");
        if let Some(entry) = entry {
            return Some(std::mem::replace(&mut self.entries[entry].number, number));
        }
        self.names.push_str(name);
        let name_end = u32::try_from(self.names.len()).expect("names are shorter than their segment");
        self.entries.push(Entry { hash, name_end, number });
        self.slots[slot] = slot_of(hash, self.entries.len());
        None
    }

    /// The slot of a name, and its entry if it has one; `None` if there are no slots.
    fn find(&self, hash: u64, name: &str) -> Option<(usize, Option<usize>)> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = first_slot(hash, mask);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Some((at, None));
            }
            if slot >> 32 == hash >> 32 {
                let entry = usize::try_from(slot & u64::from(u32::MAX)).expect("it has 32 bits") - 1;
                if self.name(entry) == name {
                    return Some((at, Some(entry)));
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn name(&self, entry: usize) -> &str {
        let start = entry.checked_sub(1).map_or(0, |before| self.entries[before].name_end);
        &self.names[start as usize..self.entries[entry].name_end as usize]
    }

    fn grow(&mut self) {
        const SLOTS_MIN: usize = 64;
        self.fill_slots((self.slots.len() * 2).max(SLOTS_MIN));
    }

    /// Makes so many slots, a power of two and more than there are entries.
    fn fill_slots(&mut self, slots: usize) {
        self.slots.clear();
        self.slots.resize(slots, 0);
        for (entry, Entry { hash, .. }) in self.entries.iter().enumerate() {
            let mut at = first_slot(*hash, slots - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = slot_of(*hash, entry + 1);
        }
    }

    /// Gives each name the number that `number` makes of its own, and takes the names out that it gives none: they
    /// must be the ones that came last.
    pub(crate) fn take_back(&mut self, number: impl Fn(u32) -> Option<u32>) {
        while self.entries.pop_if(|entry| number(entry.number).is_none()).is_some() {}
        self.names.truncate(self.entries.last().map_or(0, |entry| entry.name_end as usize));
        for entry in &mut self.entries {
            entry.number = number(entry.number).expect("names without a number came last");
        }
        if !self.slots.is_empty() {
            self.fill_slots(self.slots.len());
        }
    }
}

fn slot_of(hash: u64, number: usize) -> u64 {
    let number = u32::try_from(number).expect("a name takes more than a byte of its segment");
    hash & !u64::from(u32::MAX) | u64::from(number)
}

fn first_slot(hash: u64, mask: usize) -> usize {
    usize::try_from(hash & u64::from(u32::MAX)).expect("it has 32 bits") & mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Kind;

    fn key(name: &str) -> Key {
        Key::of(Kind::Stream, name)
    }

    fn name(n: u32) -> String {
        format!("entitlement/{n}")
    }

    fn filled(count: u32) -> NameTable {
        let mut table = NameTable::default();
        for n in 0..count {
            assert_eq!(table.set(key(&name(n)), &name(n), n), None);
        }
        table
    }

    #[test]
    fn every_name_has_its_number_and_no_other_has_one() {
        let table = filled(10_000);
        for n in 0..10_000 {
            assert_eq!(table.get(key(&name(n)), &name(n)), Some(n));
        }
        assert_eq!(table.get(key(&name(10_000)), &name(10_000)), None);
        assert_eq!(NameTable::default().get(key("a"), "a"), None);
    }

    #[test]
    fn a_name_is_given_another_number() {
        let mut table = filled(100);
        assert_eq!(table.set(key(&name(7)), &name(7), 4_711), Some(7));
        assert_eq!((table.get(key(&name(7)), &name(7)), table.entries.len()), (Some(4_711), 100));
    }

    #[test]
    fn names_with_one_hash_are_told_apart() {
        let mut table = NameTable::default();
        let one = key("one");
        assert_eq!((table.set(one, "one", 1), table.set(one, "another", 2)), (None, None));
        assert_eq!(
            (table.get(one, "one"), table.get(one, "another"), table.get(one, "third")),
            (Some(1), Some(2), None)
        );
    }

    #[test]
    fn the_last_names_are_taken_back() {
        let mut table = filled(1_000);
        table.set(key(&name(3)), &name(3), 5_000);
        table.take_back(|number| if number == 5_000 { Some(3) } else { (number < 600).then_some(number) });
        for n in 0..1_000 {
            assert_eq!(table.get(key(&name(n)), &name(n)), (n < 600).then_some(n), "{n}");
        }
        assert_eq!(table.set(key("new"), "new", 1), None);
        assert_eq!(table.get(key("new"), "new"), Some(1));
    }
}
