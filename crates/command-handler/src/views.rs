//! What an answer shows of entitlements: made when somebody looks, for many callers only ask whether it was done.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use resit_domain::{Entitlement, EntitlementView, Known};

/// Entitlements, to be shown. A list, once it is looked at.
#[derive(Debug, Clone, Default)]
pub struct Views {
    /// The entitlements as they stand, and all that they hang on; none if the list was made elsewhere.
    of: Option<Box<(Vec<Arc<Entitlement>>, Known)>>,
    made: OnceLock<Vec<EntitlementView>>,
    units: usize,
}

impl Views {
    /// Views of entitlements that hang on what is `known`.
    pub(crate) fn of(entitlements: Vec<Arc<Entitlement>>, known: Known) -> Self {
        let nothing = entitlements.is_empty();
        let units = entitlements.iter().map(|entitlement| entitlement.units.len()).sum();
        Self { of: (!nothing).then(|| Box::new((entitlements, known))), made: OnceLock::new(), units }
    }

    /// How many units all of them have; nothing is made for it.
    pub fn units(&self) -> usize {
        self.units
    }

    /// The same number of units, and nothing to be shown.
    #[must_use]
    pub fn unseen(self) -> Self {
        Self { of: None, made: OnceLock::new(), units: self.units }
    }

    /// The list itself.
    pub fn into_vec(self) -> Vec<EntitlementView> {
        self.made.into_inner().unwrap_or_else(|| self.of.map_or_else(Vec::new, |of| made(&of)))
    }
}

fn made((entitlements, known): &(Vec<Arc<Entitlement>>, Known)) -> Vec<EntitlementView> {
    let mut known = Known { unit: Some(1), ..known.clone() };
    let view = |entitlement: &Arc<Entitlement>| {
        known.entitlement = Some(entitlement.clone());
        known.view()
    };
    entitlements.iter().filter_map(view).collect()
}

impl Deref for Views {
    type Target = [EntitlementView];

    fn deref(&self) -> &[EntitlementView] {
        self.made.get_or_init(|| self.of.as_deref().map_or_else(Vec::new, made))
    }
}

impl From<Vec<EntitlementView>> for Views {
    fn from(list: Vec<EntitlementView>) -> Self {
        let units = list.iter().map(|view| view.units.len()).sum();
        Self { of: None, made: list.into(), units }
    }
}
