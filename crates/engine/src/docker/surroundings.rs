//! What a container is given of the machine that Testdock runs on: its proxies, the authorities that it
//! trusts, its engine.

mod certificates;
mod engine;
mod proxies;
mod truststore;

use testdock_core::plan::Interpreter;

use super::nature::Nature;
use super::own::Own;

pub(super) use proxies::proxies;

/// The interpreter with all that it is to have of this machine. What somebody has set himself stays.
pub(crate) fn lay(interpreter: &Interpreter, nature: Nature, own: &Own) -> Interpreter {
    let mut laid = interpreter.clone();
    proxies::lay(&mut laid);
    if laid.options.ca_certificates {
        certificates::lay(&mut laid, own);
    }
    if laid.options.testcontainers {
        engine::lay(&mut laid, nature, own);
    }
    laid
}
