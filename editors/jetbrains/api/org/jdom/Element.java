package org.jdom;

public class Element {}
