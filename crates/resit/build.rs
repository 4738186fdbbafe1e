//! Puts the offers of `deploy/offers` into the binary. A new file there is all that it takes to add one.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let offers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/offers");
    println!("cargo::rerun-if-changed={}", offers.display());
    let mut files: Vec<_> = fs::read_dir(&offers)?.collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.path().extension().is_some_and(|extension| extension == "toml"));
    files.sort_by_key(fs::DirEntry::file_name);
    let entries = files.iter().filter_map(|file| {
        let path = file.path();
        let id = path.file_stem()?.to_str()?.to_owned();
        Some(format!("    ({id:?}, include_str!({:?})),\n", path.to_str()?))
    });
    let code = format!("&[\n{}]\n", entries.collect::<String>());
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no OUT_DIR"))?;
    fs::write(Path::new(&out).join("built_in_offers.rs"), code)
}
