//! From a line to a command: names become ids, files become texts.

use std::io::Read as _;

use resit_domain::terms::OFFER_BYTES_MAX;
use resit_domain::{Command, VoucherRef};
use resit_voucher_code::Code;

use super::stage::Stage;
use crate::facts::counted;
use crate::report::Stop;
use crate::verb::{Scene, Source, Verb};
use crate::voucher::{UnitRef, Voucher};

impl Stage<'_> {
    /// The command of a verb, and the code that it names its voucher by, if it does so.
    pub(super) async fn command(&self, verb: &dyn Verb) -> Result<(Command, Option<Code>), Stop> {
        let (voucher, code) = match verb.voucher() {
            Some(voucher) => {
                let (voucher, code) = self.voucher(voucher).await?;
                (Some(voucher), code)
            }
            None => (None, None),
        };
        let text = match verb.source() {
            Some(source) => self.text(source)?,
            None => String::new(),
        };
        let scene = Scene { now: self.now, voucher, text, offers: self.offers.clone() };
        Ok((verb.command(&scene).map_err(Stop::Line)?, code))
    }

    async fn voucher(&self, voucher: &Voucher) -> Result<(VoucherRef, Option<Code>), Stop> {
        let code = match voucher {
            Voucher::Unit(unit) => {
                return Ok((VoucherRef::Id { entitlement: self.names.id(unit), unit: unit.unit }, None));
            }
            Voucher::Literal(code) => code.0.clone(),
            Voucher::Code(unit) => self.code(unit, 1).await?,
            Voucher::OldCode(unit) => self.code(unit, 2).await?,
        };
        Ok((VoucherRef::Code(code.fingerprint()), Some(code)))
    }

    /// The last code of a voucher, or the one before it.
    async fn code(&self, unit: &UnitRef, back: usize) -> Result<Code, Stop> {
        let id = self.names.id(unit);
        let view = self.venue.view(id, self.now).await?;
        let codes =
            view.and_then(|view| Some(view.units.get(usize::from(unit.unit) - 1)?.codes)).unwrap_or(0);
        let generation = codes.checked_sub(back).and_then(|generation| u16::try_from(generation).ok());
        let reason =
            || format!("`{unit}` has had {}, too few for the one that is meant", counted(codes, "code"));
        let generation = generation.ok_or_else(|| Stop::Line(reason()))?;
        let untold = || {
            format!(
                "the code of `{unit}` that is meant was shown before this telling; name the voucher without its code"
            )
        };
        self.venue.code(id, unit.unit, generation).await?.ok_or_else(|| Stop::Line(untold()))
    }

    fn text(&self, source: &Source) -> Result<String, Stop> {
        let failed = |name: &str, reason: String| Stop::Source { name: name.to_owned(), reason };
        let Some(sources) = &self.runner.sources else {
            let (Source::BuiltIn(name) | Source::File(name)) = source;
            return Err(Stop::Elsewhere { name: name.clone() });
        };
        match source {
            Source::BuiltIn(id) => (sources.offers)(id).ok_or_else(|| {
                failed(id, "there is no built-in offer of this id; a path has to end in .toml".to_owned())
            }),
            Source::File(path) => {
                let file = std::fs::File::open(sources.base_dir.join(path));
                let mut text = String::new();
                // One byte more than an offer can have tells that it is too long.
                let limit = OFFER_BYTES_MAX as u64 + 1;
                let read = file.and_then(|file| file.take(limit).read_to_string(&mut text));
                read.map(|_| text).map_err(|e| failed(path, e.to_string()))
            }
        }
    }
}
