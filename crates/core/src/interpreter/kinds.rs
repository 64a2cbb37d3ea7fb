//! The kinds of interpreter that can be added, and what each asks for.
//!
//! Whoever asks people (an editor, a terminal) goes by this table, and needs no change when a kind
//! joins it.

/// A kind of interpreter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its id, and the setting that names such a source.
    pub id: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it asks for, in order.
    pub fields: &'static [Field],
}

/// Something that a kind asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key, which is that of the setting.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it means.
    pub description: &'static str,
    /// What can be answered.
    pub form: Form,
    /// Whether there must be an answer.
    pub is_required: bool,
    /// What most people would answer.
    pub default: Option<&'static str>,
    /// Whether most people would rather not be asked.
    pub is_advanced: bool,
}

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Text,
    /// A path of the workspace.
    Path,
    /// The name of an image.
    Image,
    /// One of these, or what else the setting takes.
    Choice(&'static [&'static str]),
}

impl Kind {
    /// The kind whose first question one of these keys answers.
    pub fn answered<'k>(keys: impl IntoIterator<Item = &'k str>) -> Option<&'static Self> {
        let by = |key: &str| {
            KINDS.iter().find(|kind| kind.fields.iter().any(|it| it.is_required && it.key == key))
        };
        keys.into_iter().find_map(by)
    }
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind {
        id: "dockerfile",
        label: "Dockerfile",
        description: "An image that is built from a Dockerfile of the workspace",
        fields: &[
            Field {
                is_required: true,
                default: Some("Dockerfile"),
                ..field(
                    "dockerfile",
                    "Dockerfile",
                    "The Dockerfile, from the workspace's root",
                    Form::Path,
                )
            },
            field("target", "Stage", "The stage to build; the last one if left out", Form::Text),
            Field {
                is_advanced: true,
                ..field(
                    "context",
                    "Context",
                    "The folder that it copies from; the workspace if left out",
                    Form::Path,
                )
            },
            HOST,
            USER,
        ],
    },
    Kind {
        id: "image",
        label: "Image",
        description: "An image by its name, pulled when it is absent",
        fields: &[
            Field {
                is_required: true,
                ..field("image", "Image", "The image's name, such as python:3.12", Form::Image)
            },
            HOST,
            USER,
        ],
    },
    Kind {
        id: "compose",
        label: "Compose service",
        description: "A container like that of a service in a compose file, with what it needs",
        fields: &[
            Field {
                is_required: true,
                ..field("compose.service", "Service", "The service, such as app", Form::Text)
            },
            field(
                "compose.file",
                "Compose file",
                "The compose file; the one that is there if left out",
                Form::Path,
            ),
            HOST,
            USER,
        ],
    },
    Kind {
        id: "devcontainer",
        label: "Dev container",
        description: "The container that a devcontainer.json describes",
        fields: &[
            Field {
                is_required: true,
                default: Some(".devcontainer/devcontainer.json"),
                ..field(
                    "devcontainer",
                    "devcontainer.json",
                    "The file, from the workspace's root",
                    Form::Path,
                )
            },
            HOST,
            USER,
        ],
    },
    Kind {
        id: "jenkinsfile",
        label: "Jenkins agent",
        description: "The Docker agent of a Jenkinsfile, built and run as Jenkins does",
        fields: &[
            Field {
                is_required: true,
                default: Some("Jenkinsfile"),
                ..field(
                    "jenkinsfile",
                    "Jenkinsfile",
                    "The Jenkinsfile, from the workspace's root",
                    Form::Path,
                )
            },
            field(
                "stage",
                "Stage",
                "The stage whose agent is meant; the one that runs tests if left out",
                Form::Text,
            ),
            HOST,
        ],
    },
];

const HOST: Field = Field {
    is_advanced: true,
    ..field(
        "host",
        "Engine",
        "The Docker engine's address, such as tcp://box:2376; the active one if left out",
        Form::Text,
    )
};

const USER: Field = Field {
    is_advanced: true,
    ..field(
        "user",
        "User",
        "As whom the tests run: as you (host), as the image says, or by numbers such as 1000:1000",
        Form::Choice(&["host", "image"]),
    )
};

const fn field(
    key: &'static str,
    label: &'static str,
    description: &'static str,
    form: Form,
) -> Field {
    Field { key, label, description, form, is_required: false, default: None, is_advanced: false }
}
