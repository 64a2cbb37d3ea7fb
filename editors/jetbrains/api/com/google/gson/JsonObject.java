package com.google.gson;

public final class JsonObject extends JsonElement {
    public void add(String property, JsonElement value) { throw new UnsupportedOperationException(); }
    public void addProperty(String property, String value) { throw new UnsupportedOperationException(); }
    public void addProperty(String property, Boolean value) { throw new UnsupportedOperationException(); }
}
