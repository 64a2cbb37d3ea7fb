package com.intellij.openapi.editor.markup;

import com.intellij.openapi.util.UserDataHolder;

public interface MarkupModel extends UserDataHolder {
    RangeHighlighter addLineHighlighter(int line, int layer, TextAttributes attributes);
    void removeHighlighter(RangeHighlighter highlighter);
}
