//! Settings over a service.

use crate::plan::Options;

/// The settings' options over those of the service: what says something wins, lists are joined.
pub(super) fn over(top: &Options, mut base: Options) -> Options {
    let none = Options::default();
    base.env.extend(top.env.clone());
    base.labels.extend(top.labels.clone());
    base.sysctls.extend(top.sysctls.clone());
    base.workdir = top.workdir.clone().or(base.workdir);
    base.limits.cpus_milli = top.limits.cpus_milli.or(base.limits.cpus_milli);
    base.limits.memory = top.limits.memory.or(base.limits.memory);
    base.limits.pids = top.limits.pids.or(base.limits.pids);
    if top.network.is_some() {
        base.network.clone_from(&top.network);
        base.networks.clone_from(&top.networks);
    }
    for (over, base) in [
        (&top.links, &mut base.links),
        (&top.extra_hosts, &mut base.extra_hosts),
        (&top.dns, &mut base.dns),
        (&top.cap_add, &mut base.cap_add),
        (&top.cap_drop, &mut base.cap_drop),
        (&top.security_opt, &mut base.security_opt),
        (&top.devices, &mut base.devices),
        (&top.device_cgroup_rules, &mut base.device_cgroup_rules),
        (&top.groups, &mut base.groups),
        (&top.volumes_from, &mut base.volumes_from),
    ] {
        base.extend(over.iter().cloned());
    }
    base.mounts.retain(|mount| top.mounts.iter().all(|over| !over.is_at(&mount.target)));
    base.mounts.extend(top.mounts.clone());
    base.ulimits.extend(top.ulimits.clone());
    base.setup.extend(top.setup.clone());
    base.hostname = top.hostname.clone().or(base.hostname);
    base.gpus = top.gpus.clone().or(base.gpus);
    base.runtime = top.runtime.clone().or(base.runtime);
    base.platform = top.platform.clone().or(base.platform);
    base.shm_size = top.shm_size.or(base.shm_size);
    base.privileged |= top.privileged;
    base.init |= top.init;
    base.read_only |= top.read_only;
    base.testcontainers |= top.testcontainers;
    base.ca_certificates |= top.ca_certificates;
    if top.namespaces != none.namespaces {
        base.namespaces.clone_from(&top.namespaces);
    }
    if top.user != none.user {
        base.user.clone_from(&top.user);
    }
    if top.entrypoint != none.entrypoint {
        base.entrypoint.clone_from(&top.entrypoint);
    }
    base
}
