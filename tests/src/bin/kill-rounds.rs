//! `kill-rounds [ROUNDS] [SEED]`: plays rounds of kill -9 and prints what they came to.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let rounds = words.next().map_or(Ok(200), |word| word.parse())?;
    let seed = words.next().map_or(Ok(1), |word| word.parse())?;
    let load: PathBuf = std::env::current_exe()?.with_file_name("ledger-load");
    let folder = tempfile::tempdir()?;
    let counts = resit_tests::kill::rounds(rounds, seed, folder.path(), &load);
    let resit_tests::kill::Counts { rounds, acknowledged, records, commands, torn } = counts;
    #[expect(clippy::print_stdout, reason = "it is a program that prints")]
    {
        println!(
            "{rounds} rounds of kill -9: {acknowledged} commands acknowledged, all on record, each once;"
        );
        println!("{commands} commands and {records} records without a gap; {torn} cut tails set aside");
    }
    Ok(())
}
