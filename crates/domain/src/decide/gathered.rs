//! What was gathered for a command, told apart from what nobody asked for.

use std::sync::Arc;

/// What the ledger has of something that a command may be judged by.
///
/// Nothing on record and nothing gathered are two answers. A rule that reads what was not gathered would accept in silence, so
/// reading it is a bug and stops.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Gathered<T> {
    /// Nobody asked the ledger.
    #[default]
    NotAsked,
    /// The ledger was asked and has nothing, or the command names none.
    Nothing,
    /// What the ledger has.
    Found(Arc<T>),
}

impl<T> Gathered<T> {
    /// What the ledger has, if anything.
    ///
    /// # Panics
    ///
    /// If the ledger was not asked.
    #[track_caller]
    pub fn as_ref(&self) -> Option<&Arc<T>> {
        assert!(self.is_asked(), "a rule reads a {} that was not gathered", std::any::type_name::<T>());
        match self {
            Gathered::Found(found) => Some(found),
            Gathered::NotAsked | Gathered::Nothing => None,
        }
    }

    /// As [`Gathered::as_ref`], the thing itself.
    ///
    /// # Panics
    ///
    /// If the ledger was not asked.
    #[track_caller]
    pub fn as_deref(&self) -> Option<&T> {
        self.as_ref().map(Arc::as_ref)
    }

    /// Whether the ledger was asked.
    pub fn is_asked(&self) -> bool {
        !matches!(self, Gathered::NotAsked)
    }

    /// The same with another thing in the place of what was found.
    pub(super) fn map(self, change: impl FnOnce(Arc<T>) -> Arc<T>) -> Self {
        match self {
            Gathered::Found(found) => Gathered::Found(change(found)),
            nothing => nothing,
        }
    }
}

impl<T> From<Option<Arc<T>>> for Gathered<T> {
    fn from(found: Option<Arc<T>>) -> Self {
        found.map_or(Gathered::Nothing, Gathered::Found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_on_record_is_an_answer() {
        assert_eq!(Gathered::<u8>::from(None).as_deref(), None);
        assert_eq!(Gathered::from(Some(Arc::new(7))).as_deref(), Some(&7));
    }

    #[test]
    #[should_panic(expected = "was not gathered")]
    fn what_nobody_asked_for_is_not_read() {
        Gathered::<u8>::default().as_deref();
    }
}
