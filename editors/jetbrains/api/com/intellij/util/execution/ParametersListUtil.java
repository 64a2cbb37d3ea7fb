package com.intellij.util.execution;

import java.util.List;

public class ParametersListUtil {
    public static List<String> parse(String text, boolean keepQuotes, boolean supportSingleQuotes) { throw new UnsupportedOperationException(); }
}
