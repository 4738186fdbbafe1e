//! `clock-rounds [embedded|nats [WORDS]]`: plays every case of a wrong clock, or those whose names have these words, and prints what
//! it came to.

use resit_tests::wrong_clock::{Case, embedded, on_nats};

#[expect(clippy::print_stdout, reason = "it is a program that prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let which = std::env::args().nth(1);
    let words = std::env::args().nth(2).unwrap_or_default();
    let binary = std::env::current_exe()?.with_file_name("resit");
    let cases: Vec<_> = Case::all().into_iter().filter(|case| case.to_string().contains(&words)).collect();
    if cases.is_empty() {
        let names: Vec<_> = Case::all().iter().map(Case::to_string).collect();
        return Err(format!("no case has the words `{words}`; there are:\n{}", names.join("\n")).into());
    }
    for case in cases {
        if which.as_deref() != Some("nats") {
            println!("embedded, {case}: {:?}", embedded(&binary, case));
        }
        if which.as_deref() != Some("embedded") {
            println!("nats, {case}: {:?}", on_nats(&binary, case));
        }
    }
    println!("no right ended early, and every wrong clock was reported in time");
    Ok(())
}
