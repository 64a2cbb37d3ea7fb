//! Shows it to editors: the language server protocol and the test-explorer extension.
