package org.eclipse.lsp4j.jsonrpc.services;

@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
@java.lang.annotation.Target(java.lang.annotation.ElementType.METHOD)
public @interface JsonRequest { String value() default ""; }
