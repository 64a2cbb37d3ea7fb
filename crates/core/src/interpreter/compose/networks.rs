//! The networks of a service.

use std::collections::BTreeMap;

use serde_json::Value;

use super::service::Reading;
use super::values::{pairs, scalar};
use crate::plan::{Join, Options};

/// A network that a service is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComposeNetwork {
    /// What the files call it.
    pub key: String,
    /// What the engine calls it.
    pub name: String,
    /// Whether somebody else makes it.
    pub is_external: bool,
    /// Whether it is the one that every project has, and the files say nothing of it.
    pub is_plain: bool,
    /// Its driver, where it is not the engine's usual one.
    pub driver: Option<String>,
    /// What the driver is told.
    pub driver_options: BTreeMap<String, String>,
    /// Whether nothing beyond it is reached.
    pub is_internal: bool,
    /// Whether any container may join it.
    pub is_attachable: bool,
    /// Whether it has addresses of version 6.
    pub has_ipv6: bool,
    /// Its labels beside the tool's.
    pub labels: BTreeMap<String, String>,
    /// Who gives out its addresses, where that is not the engine's usual way.
    pub ipam_driver: Option<String>,
    /// What that one is told.
    pub ipam_options: BTreeMap<String, String>,
    /// Its ranges of addresses.
    pub pools: Vec<Pool>,
}

/// A range of a network's addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pool {
    /// All of it.
    pub subnet: Option<String>,
    /// What is given out of it.
    pub range: Option<String>,
    /// Its gateway.
    pub gateway: Option<String>,
    /// Addresses that something else has.
    pub taken: BTreeMap<String, String>,
}

impl Reading<'_> {
    /// The networks of the service, in their order; none where it has a mode instead.
    pub(super) fn networks(&self) -> Vec<ComposeNetwork> {
        if !self.service["network_mode"].is_null() {
            return Vec::new();
        }
        match &self.service["networks"] {
            Value::Array(list) => {
                list.iter().filter_map(Value::as_str).map(|key| self.network(key)).collect()
            }
            Value::Object(map) => map.keys().map(|key| self.network(key)).collect(),
            _ => vec![self.network("default")],
        }
    }

    fn network(&self, key: &str) -> ComposeNetwork {
        let network = &self.document["networks"][key];
        let external = &network["external"];
        let is_external = external == true || external.is_object();
        let name = network["name"].as_str().or(external["name"].as_str());
        let name = match name {
            Some(name) => name.to_owned(),
            None if is_external => key.to_owned(),
            None => format!("{}_{key}", self.compose.project),
        };
        // The newer tool writes the name down, and an empty table.
        let usual = format!("{}_{key}", self.compose.project);
        let mut said = network.as_object().into_iter().flatten();
        let is_plain = key == "default"
            && said.all(|(key, value)| match key.as_str() {
                "name" => value == usual.as_str(),
                _ => value.as_object().is_some_and(serde_json::Map::is_empty),
            });
        let ipam = &network["ipam"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let pools = ipam["config"].as_array().into_iter().flatten().map(|pool| Pool {
            subnet: text(&pool["subnet"]),
            range: text(&pool["ip_range"]),
            gateway: text(&pool["gateway"]),
            taken: pairs(&pool["aux_addresses"]),
        });
        ComposeNetwork {
            key: key.to_owned(),
            name,
            is_external,
            is_plain,
            driver: text(&network["driver"]).filter(|driver| driver != "default"),
            driver_options: pairs(&network["driver_opts"]),
            is_internal: scalar(&network["internal"]) == "true",
            is_attachable: scalar(&network["attachable"]) == "true",
            has_ipv6: scalar(&network["enable_ipv6"]) == "true",
            labels: pairs(&network["labels"]),
            ipam_driver: text(&ipam["driver"]),
            ipam_options: pairs(&ipam["options"]),
            pools: pools.collect(),
        }
    }

    /// Which networks the container joins.
    pub(super) fn join(&self, options: &mut Options, unheeded: &mut Vec<String>) {
        let mode = scalar(&self.service["network_mode"]);
        match mode.split_once(':') {
            Some(("service" | "container", _)) => {
                unheeded.push(format!("`network_mode: {mode}`: Testdock's container has its own"))
            }
            _ => options.network = Some(mode).filter(|mode| !mode.is_empty()),
        }
        for ComposeNetwork { name: network, .. } in self.networks() {
            match options.network {
                None => options.network = Some(network),
                Some(_) => options.networks.push(Join { network, aliases: Vec::new() }),
            }
        }
    }
}
