package com.intellij.execution.configurations;

public class GeneralCommandLine {
    public GeneralCommandLine(String... command) {}
    public GeneralCommandLine(java.util.List<String> command) {}
    public GeneralCommandLine withWorkDirectory(String path) { throw new UnsupportedOperationException(); }
    public GeneralCommandLine withCharset(java.nio.charset.Charset charset) { throw new UnsupportedOperationException(); }
}
