//! Ways between two that talk, which a test can make narrow, or cut.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::{fs, io, thread};

use camino::Utf8Path;

use super::docker::socket;

/// A way to the engine, and what cuts it.
pub(crate) fn to_the_engine(at: &Utf8Path) -> impl FnOnce() + use<> {
    let listener = UnixListener::bind(at).unwrap();
    let streams: Arc<Mutex<Vec<UnixStream>>> = Arc::default();
    let open = streams.clone();
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = UnixStream::connect(socket()).unwrap();
            for (from, to) in [(&near, &far), (&far, &near)] {
                let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                thread::spawn(move || {
                    let _cut = io::copy(&mut from, &mut to);
                    let _cut = to.shutdown(Shutdown::Write);
                });
            }
            open.lock().unwrap().extend([near, far]);
        }
    });
    let at = at.to_owned();
    move || {
        fs::remove_file(at).unwrap();
        for stream in streams.lock().unwrap().drain(..) {
            let _gone = stream.shutdown(Shutdown::Both);
        }
    }
}

/// The address of a way to `address` by which no answer longer than `room` bytes arrives: one that is stays
/// under way.
pub(crate) fn narrow(address: &str, room: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap().to_string();
    let there = address.to_owned();
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(&there).unwrap();
            let (mut asks, mut asked) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            thread::spawn(move || {
                let _ended = io::copy(&mut asks, &mut asked);
                let _ended = asked.shutdown(Shutdown::Write);
            });
            thread::spawn(move || answer(&far, near, room));
        }
    });
    here
}

fn answer(far: &TcpStream, mut near: TcpStream, room: u64) {
    let passed = io::copy(&mut io::Read::take(far, room), &mut near);
    if passed.is_ok_and(|bytes| bytes == room) {
        thread::park(); // with both ends open
    }
    let _ended = near.shutdown(Shutdown::Write);
}
