package com.redhat.devtools.lsp4ij.server;

public class CannotStartProcessException extends Exception { public CannotStartProcessException(String message) {} }
