//! Facts about what is sold and by which rules: offers, policies, calendars.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Grandfather, ProviderId, TermsHash};

super::facts! {
    /// An offer, or a new version of it, is on record with the whole text of its file.
    OfferPublished {
        /// The file; its SHA-256 is the hash of the terms.
        source: String,
        /// That hash.
        hash: TermsHash,
    }
    /// The offer ends later.
    OfferExtended {
        /// Its new last day.
        last_day: NaiveDate,
    }
    /// The offer is no longer sold.
    OfferWithdrawn {
        /// Who may still order.
        grandfather: Grandfather,
    }
    /// The offer's exams are delivered by another provider from now on.
    ProviderMigrated {
        /// The old provider.
        from: ProviderId,
        /// The new one.
        to: ProviderId,
    }
    /// A programme's retake policy is on record, with the text of the file that carries it.
    PolicyPublished {
        /// The file.
        source: String,
        /// Its SHA-256.
        hash: TermsHash,
    }
    /// A business-day calendar is on record.
    CalendarPublished {
        /// Its text.
        source: String,
    }
}
