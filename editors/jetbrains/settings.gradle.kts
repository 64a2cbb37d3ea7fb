rootProject.name = "testdock-jetbrains"
