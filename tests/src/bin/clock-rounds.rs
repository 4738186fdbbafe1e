//! `clock-rounds [embedded|nats [WORDS]]`: plays every case of a wrong clock, or those whose names have these words, and prints what
//! it came to.

use resit_tests::wrong_clock::{Case, embedded, on_nats};

#[expect(clippy::print_stdout, reason = "it is a program that prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let which = std::env::args().nth(1);
    let words = std::env::args().nth(2).unwrap_or_default();
    let binary = std::env::current_exe()?.with_file_name("resit");
    for case in Case::all().into_iter().filter(|case| case.to_string().contains(&words)) {
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
