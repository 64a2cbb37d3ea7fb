package com.intellij.openapi.wm;

import com.intellij.openapi.project.Project;

public interface StatusBarWidgetFactory {
    String getId();
    String getDisplayName();
    boolean isAvailable(Project project);
    default StatusBarWidget createWidget(Project project) { throw new UnsupportedOperationException(); }
    default void disposeWidget(StatusBarWidget widget) {}
    default boolean canBeEnabledOn(StatusBar bar) { return true; }
}
