package com.intellij.openapi.actionSystem;

public abstract class DataKey<T> {}
