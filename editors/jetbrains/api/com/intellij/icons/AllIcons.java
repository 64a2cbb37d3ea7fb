package com.intellij.icons;

import javax.swing.Icon;

public class AllIcons {
    public static class Actions {
        public static final Icon Execute = null, GC = null, Preview = null, Restart = null, Suspend = null;
    }
    public static class Debugger { public static final Icon Console = null; }
    public static class RunConfigurations {
        public static class TestState { public static final Icon Run = null, Green2 = null, Red2 = null; }
    }
}
