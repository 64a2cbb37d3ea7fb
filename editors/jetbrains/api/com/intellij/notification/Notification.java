package com.intellij.notification;

import com.intellij.openapi.project.Project;

public class Notification { public void notify(Project project) { throw new UnsupportedOperationException(); } }
