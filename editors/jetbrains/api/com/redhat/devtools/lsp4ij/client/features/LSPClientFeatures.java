package com.redhat.devtools.lsp4ij.client.features;

public class LSPClientFeatures { public boolean keepServerAlive() { return false; } }
