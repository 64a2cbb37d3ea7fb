package com.redhat.devtools.lsp4ij;

public enum ServerStatus { none, checking_installed, installing, not_installed, installed, starting, started, stopping, stopped }
