//! The networks that the files declare, made as the compose tool makes them.

use std::collections::{BTreeMap, HashMap};

use bollard::Docker;
use bollard::models::{Ipam, IpamConfig, NetworkCreateRequest, NetworkInspect};
use bollard::query_parameters::InspectNetworkOptions;
use testdock_core::containers::origin::SERVES;
use testdock_core::interpreter::{ComposeNetwork, Pool};
use testdock_core::model::{Fault, RunError};

use super::super::container::{engine_error, now};
use super::super::status;
use super::NETWORK;
use super::ours::MADE;
use super::service::{DEFINITION, hash};

/// Whether the engine has a network; one that somebody else has to make is missed.
pub(super) async fn is_there(docker: &Docker, network: &ComposeNetwork) -> Result<bool, RunError> {
    Ok(find(docker, network).await?.is_some())
}

/// Makes a network where it is not there, for an interpreter, with the labels that the tool gives it and `labels`; whether
/// it did.
pub(super) async fn ensure(
    docker: &Docker,
    network: &ComposeNetwork,
    interpreter: &str,
    labels: &[(&str, &str)],
) -> Result<bool, RunError> {
    let definition = hash(&format!("{network:?}"));
    let made = now().to_string();
    let ours =
        [(SERVES, interpreter), (DEFINITION, &definition), (NETWORK, &network.key), (MADE, &made)];
    match find(docker, network).await?.map(|found| found.labels.unwrap_or_default()) {
        None => {
            make(docker, network, ours.iter().chain(labels)).await?;
            Ok(true)
        }
        Some(found) if found.contains_key(SERVES) && found.get(DEFINITION) != Some(&definition) => {
            let message = format!("the network {} is not what the files say by now", network.key);
            Err(RunError::new(Fault::Interpreter, message).help(format!(
                "have it removed with what is in it: testdock interpreter remove {interpreter}"
            )))
        }
        Some(_) => Ok(false),
    }
}

async fn find(
    docker: &Docker,
    network: &ComposeNetwork,
) -> Result<Option<NetworkInspect>, RunError> {
    let name = &network.name;
    match docker.inspect_network(name, None::<InspectNetworkOptions>).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if status(&error) == Some(404) && network.is_external => {
            let message = format!(
                "cannot use the network {}: it is external, and the engine has none of the name {name}",
                network.key
            );
            Err(RunError::new(Fault::Interpreter, message)
                .help(format!("make it: docker network create {name}")))
        }
        Err(error) if status(&error) == Some(404) => Ok(None),
        Err(error) => Err(engine_error(&format!("inspect the network {name}"), &error)),
    }
}

async fn make<'l>(
    docker: &Docker,
    network: &ComposeNetwork,
    labels: impl Iterator<Item = &'l (&'l str, &'l str)>,
) -> Result<(), RunError> {
    let given = labels.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let request = NetworkCreateRequest {
        name: network.name.clone(),
        driver: network.driver.clone(),
        internal: network.is_internal.then_some(true),
        attachable: network.is_attachable.then_some(true),
        enable_ipv6: network.has_ipv6.then_some(true),
        options: some(&network.driver_options),
        ipam: ipam(network),
        labels: Some(network.labels.clone().into_iter().chain(given).collect()),
        ..NetworkCreateRequest::default()
    };
    let made = docker.create_network(request).await;
    made.map(drop).map_err(|e| engine_error(&format!("make the network {}", network.name), &e))
}

fn ipam(network: &ComposeNetwork) -> Option<Ipam> {
    let pool = |pool: &Pool| IpamConfig {
        subnet: pool.subnet.clone(),
        ip_range: pool.range.clone(),
        gateway: pool.gateway.clone(),
        auxiliary_addresses: some(&pool.taken),
    };
    let pools: Vec<_> = network.pools.iter().map(pool).collect();
    (network.ipam_driver.is_some() || !pools.is_empty()).then(|| Ipam {
        driver: network.ipam_driver.clone(),
        config: (!pools.is_empty()).then_some(pools),
        options: some(&network.ipam_options),
    })
}

/// A table that is there only where it says something.
fn some(table: &BTreeMap<String, String>) -> Option<HashMap<String, String>> {
    (!table.is_empty()).then(|| table.clone().into_iter().collect())
}
