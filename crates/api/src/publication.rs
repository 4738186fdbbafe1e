//! Which commands are publications, by the names that they have on the wire.

/// Publications: what they do to live rights is counted and reported, and who takes rights away by one confirms that. The domain
/// knows them as `Command::is_publication`.
pub const PUBLICATIONS: &[&str] = &[
    "publish-offer",
    "extend-offer",
    "withdraw-offer",
    "migrate-provider",
    "define-exam",
    "publish-calendar",
    "publish-policy",
    "publish-zone-rules",
    "amend-agreement",
];
