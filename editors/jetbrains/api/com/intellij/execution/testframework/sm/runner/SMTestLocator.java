package com.intellij.execution.testframework.sm.runner;

import com.intellij.execution.Location;
import com.intellij.openapi.project.PossiblyDumbAware;
import com.intellij.openapi.project.Project;
import com.intellij.psi.search.GlobalSearchScope;
import java.util.List;

public interface SMTestLocator extends PossiblyDumbAware {
    List<Location> getLocation(String protocol, String path, Project project, GlobalSearchScope scope);
    default List<Location> getLocation(String protocol, String path, String metainfo, Project project, GlobalSearchScope scope) { throw new UnsupportedOperationException(); }
}
