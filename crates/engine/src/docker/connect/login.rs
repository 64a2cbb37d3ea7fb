//! A login, as an address names it: `ssh://[user@]host[:port][/path/to/docker.sock]`.

use std::fmt;

/// Where `ssh` logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Login {
    user: Option<String>,
    /// A name that `ssh` knows: of a host, or of a block of its configuration.
    pub(super) host: String,
    port: Option<u16>,
    /// The engine's socket there, where it is not the usual one.
    socket: Option<String>,
}

impl Login {
    /// Reads what follows `ssh://`; what is wrong with it otherwise.
    pub(super) fn parse(rest: &str) -> Result<Self, &'static str> {
        let (login, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, host) = match login.rsplit_once('@') {
            Some((user, host)) => (Some(user.to_owned()), host),
            None => (None, login),
        };
        let (host, port) = match host.rsplit_once(':') {
            // Of an address in brackets only the last colon outside of them counts.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (host, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        // What `ssh`, its configuration's commands and a shell take for a name, and for nothing else.
        let is_name = |name: &str| {
            !name.starts_with('-')
                && name.chars().all(|c| c.is_alphanumeric() || "._-:%+@".contains(c))
        };
        if host.is_empty() {
            return Err("it names no host");
        }
        if user.as_ref().is_some_and(|user| user.contains(':')) {
            return Err("a password has no place in it");
        }
        if !is_name(host) || !user.as_deref().is_none_or(is_name) {
            return Err("it has an odd name");
        }
        if !path.chars().all(is_plain) {
            return Err("it has an odd path");
        }
        let port = port.map(str::parse).transpose().map_err(|_| "its port is no number")?;
        let socket = Some(path.to_owned()).filter(|path| path.len() > 1);
        Ok(Self { user, host: host.to_owned(), port, socket })
    }

    /// The words that tell `ssh` so, and the command there.
    pub(super) fn words(&self) -> Vec<String> {
        let user = self.user.iter().flat_map(|user| ["-l".to_owned(), user.clone()]);
        let port = self.port.iter().flat_map(|port| ["-p".to_owned(), port.to_string()]);
        let mut words: Vec<String> = user.chain(port).collect();
        // A host's name is none of the options, whatever it begins with.
        words.extend(["--".to_owned(), self.host.clone()]);
        words
    }

    /// The command that connects its input and output to the engine there.
    pub(super) fn command(&self) -> Vec<String> {
        let socket =
            self.socket.iter().flat_map(|path| ["--host".to_owned(), format!("unix://{path}")]);
        let dial = ["system", "dial-stdio"].map(str::to_owned);
        ["docker".to_owned()].into_iter().chain(socket).chain(dial).collect()
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ssh://")?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        match self.host.contains(':') {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.socket.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn logins() {
        let cases = [
            "box",
            "me@box",
            "me@box:2222/",
            "[::1]:22",
            "box/run/user/1000/docker.sock",
            "-oProxyCommand=x",
            "-l@box",
            "$(x)@box",
            "box`x`",
            "me@realm@box",
            "",
            "me:secret@box",
            "box:x",
            "box/a b;c",
        ];
        let lines = cases.map(|case| match Login::parse(case) {
            Ok(login) => {
                format!("{login}: ssh {} {}", login.words().join(" "), login.command().join(" "))
            }
            Err(why) => format!("{case}: {why}"),
        });
        expect![[r#"
            ssh://box: ssh -- box docker system dial-stdio
            ssh://me@box: ssh -l me -- box docker system dial-stdio
            ssh://me@box:2222: ssh -l me -p 2222 -- box docker system dial-stdio
            ssh://[::1]:22: ssh -p 22 -- ::1 docker system dial-stdio
            ssh://box/run/user/1000/docker.sock: ssh -- box docker --host unix:///run/user/1000/docker.sock system dial-stdio
            -oProxyCommand=x: it has an odd name
            -l@box: it has an odd name
            $(x)@box: it has an odd name
            box`x`: it has an odd name
            ssh://me@realm@box: ssh -l me@realm -- box docker system dial-stdio
            : it names no host
            me:secret@box: a password has no place in it
            box:x: its port is no number
            box/a b;c: it has an odd path"#]].assert_eq(&lines.join("\n"));
    }
}
