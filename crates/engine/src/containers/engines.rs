//! Which engines there are to look at.

use std::collections::BTreeSet;

use crate::docker::connect;

/// An engine whose containers may be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Its address; `None` for the active one.
    pub host: Option<String>,
    /// The same for people.
    pub label: String,
    /// Whether somebody's tests run there.
    pub is_used: bool,
}

/// The active engine, and those of `hosts`, each once however it is written.
pub fn engines(hosts: &BTreeSet<Option<String>>) -> Vec<Engine> {
    let label = connect::address(None).unwrap_or_else(|_| "the active engine".to_owned());
    let mut engines = vec![Engine { host: None, label, is_used: hosts.is_empty() }];
    for host in hosts {
        let address = match host {
            Some(host) => connect::address(Some(host)).unwrap_or_else(|_| host.clone()),
            None => engines[0].label.clone(),
        };
        match engines.iter_mut().find(|engine| engine.label == address) {
            Some(known) => known.is_used = true,
            None => {
                engines.push(Engine { host: host.clone(), label: address, is_used: true });
            }
        }
    }
    engines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_there_once() {
        let active = engines(&BTreeSet::new()).remove(0);
        assert!(active.is_used);
        let remote = || Some("tcp://build:2375".to_owned());
        let hosts = BTreeSet::from([Some(active.label), remote()]);
        let found = engines(&hosts);
        let hosts: Vec<Option<String>> = found.iter().map(|it| it.host.clone()).collect();
        assert_eq!(hosts, [None, remote()]);
        assert!(found.iter().all(|it| it.is_used));
        assert!(!engines(&BTreeSet::from([remote()]))[0].is_used);
    }
}
