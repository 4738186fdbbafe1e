//! `clock-rounds [embedded|nats]`: plays every case of a wrong clock and prints what it came to.

use resit_tests::wrong_clock::{Case, embedded, on_nats};

#[expect(clippy::print_stdout, reason = "it is a program that prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let which = std::env::args().nth(1);
    let binary = std::env::current_exe()?.with_file_name("resit");
    for case in Case::all() {
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
