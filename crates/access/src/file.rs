//! The file of tokens, and how it changes: as a whole, so that no reader ever sees half of it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use resit_domain::{Actor, ShopId, Timestamp};

use crate::{AccessError, Role, SECRET_BYTES, Secret, Token, Tokens};

/// The file's name in the ledger's folder.
pub const FILE_NAME: &str = "tokens.toml";

/// The tokens of the ledger in a folder.
#[derive(Debug, Clone)]
pub struct TokenFile {
    path: PathBuf,
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its name: the actor that its commands carry.
    pub name: Actor,
    /// What its holder is.
    pub role: Role,
    /// The only shop that it orders for; for a purchase system alone.
    pub shop: Option<ShopId>,
    /// The first instant at which it is worth nothing.
    pub expires_at: Option<Timestamp>,
}

impl TokenFile {
    /// The tokens of the ledger in `folder`. The file need not be there.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(FILE_NAME) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All tokens; none if there is no file.
    pub fn read(&self) -> Result<Tokens, AccessError> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Tokens::parse(&text)
                .map_err(|reason| AccessError::Malformed { path: self.path.clone(), reason }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Tokens::default()),
            Err(e) => Err(self.failed(e)),
        }
    }

    /// Makes a token of random bytes, and hands its secret out, once.
    ///
    /// # Errors
    ///
    /// If the name is taken, a shop is named for another role than purchase, or the file can't be used.
    pub fn make(
        &self,
        new: NewToken,
        random: [u8; SECRET_BYTES],
        now: Timestamp,
    ) -> Result<Secret, AccessError> {
        let NewToken { name, role, shop, expires_at } = new;
        if shop.is_some() && role != Role::Purchase {
            return Err(AccessError::ShopWithoutPurchase(role));
        }
        let _alone = self.lock()?;
        let tokens = self.read()?;
        if tokens.named(&name).is_some() {
            return Err(AccessError::NameTaken(name));
        }
        let secret = Secret::of(role, random);
        let token = Token { name, role, made_at: now, sha256: secret.hash(), shop, expires_at };
        self.write(&tokens.with(token)).map_err(|e| self.failed(e))?;
        Ok(secret)
    }

    /// Makes a token worth nothing. A running server knows it within a second.
    ///
    /// # Errors
    ///
    /// If no token has the name, or the file can't be used.
    pub fn revoke(&self, name: &Actor) -> Result<(), AccessError> {
        let _alone = self.lock()?;
        let tokens = self.read()?;
        if tokens.named(name).is_none() {
            return Err(AccessError::UnknownName(name.clone()));
        }
        self.write(&tokens.without(name)).map_err(|e| self.failed(e))
    }

    /// Two changes at once would lose one of them.
    fn lock(&self) -> Result<File, AccessError> {
        let path = self.path.with_extension("lock");
        let open = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = open.map_err(|e| self.failed(e))?;
        file.lock().map_err(|e| self.failed(e))?;
        Ok(file)
    }

    fn write(&self, tokens: &Tokens) -> io::Result<()> {
        let beside = self.path.with_extension("toml.new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(tokens.to_text().as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    pub(crate) fn failed(&self, source: io::Error) -> AccessError {
        AccessError::File { path: self.path.clone(), source }
    }
}
