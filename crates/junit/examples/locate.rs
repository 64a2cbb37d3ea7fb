//! Prints the failures of reports with their places: `cargo run -p testdock-junit --example locate
//! -- FILE…`

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use testdock_junit::{Outcome, Place};

fn main() -> std::io::Result<()> {
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file)?;
        let (report, problems) = testdock_junit::read(&bytes);
        println!("{file}: {} cases", report.cases.len());
        for problem in &problems {
            println!("  problem at byte {}: {}", problem.offset, problem.message);
        }
        let failed = report.cases.iter().filter(|case| case.outcome() > Outcome::Passed);
        for (case, status) in
            failed.flat_map(|case| case.statuses.iter().map(move |status| (case, status)))
        {
            let location = report.locate(case, status);
            let place = location.place.as_ref().map_or_else(|| "somewhere".to_owned(), show);
            println!("  {place}: {} {:?}", case.name.as_deref().unwrap_or_default(), status.kind);
            for frame in &location.frames {
                println!("      {}", show(frame));
            }
        }
    }
    Ok(())
}

fn show(place: &Place) -> String {
    let column = place.column.map(|column| format!(":{column}")).unwrap_or_default();
    format!("{}:{}{column}", place.path, place.line)
}
