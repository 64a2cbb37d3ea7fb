package com.intellij.openapi.util;

public final class Ref<T> {}
