//! The machine that an engine is reached from, as far as it matters for starting one.

use std::path::Path;

use testdock_core::remedy::{Machine, Services, System};

/// This machine.
pub(super) fn here() -> Machine {
    let system = system();
    let services = match () {
        () if Path::new("/run/systemd/system").is_dir() => Services::Systemd,
        () if Path::new("/etc/init.d/docker").exists() => Services::Init,
        () => Services::Unknown,
    };
    Machine { system, services, is_root: is_root(), is_installed: is_installed(system) }
}

fn system() -> System {
    if cfg!(windows) {
        System::Windows
    } else if cfg!(target_os = "macos") {
        System::Mac
    } else if Path::new("/proc/sys/fs/binfmt_misc/WSLInterop").exists() {
        System::Wsl
    } else {
        System::Linux
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

fn is_installed(system: System) -> bool {
    let places: &[&str] = match system {
        System::Linux | System::Wsl => &[
            "/usr/bin/dockerd",
            "/usr/sbin/dockerd",
            "/usr/local/bin/dockerd",
            "/snap/bin/dockerd",
        ],
        System::Mac => &["/Applications/Docker.app"],
        // Where it lies there is the user's choice.
        System::Windows => return true,
    };
    places.iter().any(|place| Path::new(place).exists())
}
