package com.intellij.execution.filters;

public interface Filter {
    Result applyFilter(String line, int entireLength);
    class Result extends ResultItem { public Result(java.util.List<? extends ResultItem> items) { super(0, 0, null); } }
    class ResultItem { public ResultItem(int start, int end, HyperlinkInfo info) {} }
}
