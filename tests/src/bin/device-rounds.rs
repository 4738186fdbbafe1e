//! `device-rounds [ROUNDS] [SEED] [BINARY]`: plays rounds in which the device under a server fails, and prints what they came to.
//! It mounts file systems: start it by `tests/device-rounds`, in a mount namespace of its own.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let rounds = words.next().map_or(Ok(100), |word| word.parse())?;
    let seed = words.next().map_or(Ok(1), |word| word.parse())?;
    let beside = std::env::current_exe()?.with_file_name("resit");
    let binary = words.next().map_or(beside, PathBuf::from);
    let folder = tempfile::tempdir()?;
    let counts = resit_tests::kill::device::rounds(rounds, seed, folder.path(), &binary);
    #[expect(clippy::print_stdout, reason = "it is a program that prints")]
    {
        println!("{counts}");
    }
    Ok(())
}
