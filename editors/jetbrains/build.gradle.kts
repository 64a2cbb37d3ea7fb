plugins {
    java
    id("org.jetbrains.intellij.platform") version "2.18.1"
}

group = "dev.testdock"
version = providers.gradleProperty("pluginVersion").get()

repositories {
    mavenCentral()
    intellijPlatform { defaultRepositories() }
}

dependencies {
    intellijPlatform {
        // The oldest IDE that the plugin is for: what it lacks must not be used.
        create("IC", "2024.2")
        plugin("com.redhat.devtools.lsp4ij:${providers.gradleProperty("lsp4ijVersion").get()}")
        pluginVerifier()
    }
}

// IDEs from 2024.2 on run on Java 21; the sources need no more than 17, which is what the repository's own CI has.
tasks.withType<JavaCompile> { options.release = 17 }

intellijPlatform {
    buildSearchableOptions = false
    // No annotations that would become checks, no forms.
    instrumentCode = false
    pluginConfiguration {
        ideaVersion {
            sinceBuild = "242"
            untilBuild = provider { null }
        }
    }
    pluginVerification {
        ides {
            create("IC", "2024.2")
            // By name: of one that builds against a Community edition, what is recommended ends with the last of those.
            create("IU", providers.gradleProperty("newestIde").get())
        }
    }
}

// A program of each platform, put there by the release workflow: the plugin carries them.
tasks.prepareSandbox {
    from("server") { into("${rootProject.name}/server") }
}

// Archives are alike on every machine by default, and hold no program: those above have to stay one.
tasks.buildPlugin { useFileSystemPermissions() }

// The same unit tests as in `cargo xtask jetbrains`: a plain program.
val logic = tasks.register<JavaExec>("logicTest") {
    classpath = sourceSets.test.get().runtimeClasspath
    mainClass = "dev.testdock.jetbrains.logic.LogicTest"
    workingDir = projectDir
}
tasks.check { dependsOn(logic) }
// Gradle 9 takes it for a mistake that none of these is a test of JUnit.
tasks.test { enabled = false }
