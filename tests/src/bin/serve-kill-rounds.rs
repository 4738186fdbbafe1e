//! `serve-kill-rounds [ROUNDS] [SEED]`: plays rounds of kill -9 with the server and prints what they came to.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let rounds = words.next().map_or(Ok(500), |word| word.parse())?;
    let seed = words.next().map_or(Ok(1), |word| word.parse())?;
    let binary: PathBuf = std::env::current_exe()?.with_file_name("resit");
    let folder = tempfile::tempdir()?;
    let counts = resit_tests::kill::serve::rounds(rounds, seed, &folder.path().join("ledger"), &binary);
    #[expect(clippy::print_stdout, reason = "it is a program that prints")]
    {
        println!("{counts}");
    }
    Ok(())
}
