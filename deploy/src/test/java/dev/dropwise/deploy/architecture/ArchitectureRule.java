package dev.dropwise.deploy.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What the code's structure promises; each constant is one promise, stated for any root package. */
enum ArchitectureRule {
    /** Modules depend one way: deploy, driver, worker, common. */
    MODULES_POINT_ONE_WAY(root -> layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("common")
            .definedBy(root + ".common..")
            .layer("worker")
            .definedBy(root + ".worker..")
            .layer("driver")
            .definedBy(root + ".driver..")
            .layer("deploy")
            .definedBy(root + ".deploy..")
            .whereLayer("deploy")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("driver")
            .mayOnlyBeAccessedByLayers("deploy")
            .whereLayer("worker")
            .mayOnlyBeAccessedByLayers("driver", "deploy")),

    /** No two packages depend on one another, not even by way of others. */
    PACKAGES_HAVE_NO_CYCLES(
            root -> slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true)),

    /** What trains and exchanges does not know that Spark started it. */
    SPARK_STAYS_IN_WORKER_SPARK_AND_DRIVER(root -> noClasses()
            .that()
            .resideOutsideOfPackages(root + ".worker.spark..", root + ".driver..", root + ".deploy..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.spark..")),

    /** Aeron can be swapped, because one package holds it. */
    AERON_STAYS_IN_WORKER_TRANSPORT(root -> noClasses()
            .that()
            .resideOutsideOfPackages(root + ".worker.transport..", root + ".deploy.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.aeron..")),

    /** Bytes, sums, files and options do not load native code. */
    ND4J_STAYS_OUT_OF_TRANSPORT_COLLECTIVES_DATA_AND_CONFIG(root -> noClasses()
            .that()
            .resideInAnyPackage(
                    root + ".worker.transport..",
                    root + ".worker.collectives..",
                    root + ".common.data..",
                    root + ".common.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.bytedeco..")),

    /** Options become configuration records at the command line, and stay such. */
    PICOCLI_STAYS_IN_THE_CLI(root -> noClasses()
            .that()
            .resideOutsideOfPackage(root + ".driver.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..")),

    /** local[N] runs N ranks in one JVM; only the registry that Spark's plugin hands itself over by is shared. */
    NO_MUTABLE_STATICS(root -> fields().that()
            .areStatic()
            .and()
            .areNotDeclaredIn(root + ".worker.spark.PluginRegistry")
            .should(beConstant())),

    /** Every draw is a function of the run's seed; {@link Draws#EXEMPT} draw a secret and a name, not numbers to train with. */
    NO_UNSEEDED_RANDOMNESS(root -> noClasses()
            .should()
            .accessTargetWhere(DescribedPredicate.and(
                    targetMatches("draws numbers that no seed decides", Draws.UNSEEDED),
                    DescribedPredicate.not(secretOrName(root))))),

    /** Same inputs, same bits: the environment is read where options and kernels are settled, nowhere else. */
    ENVIRONMENT_STAYS_IN_DRIVER_AND_KERNEL(root -> noClasses()
            .that()
            .resideOutsideOfPackages(root + ".driver..", root + ".common.kernel..", root + ".deploy..")
            .should()
            .accessTargetWhere(targetMatches("reads the environment", "java\\.lang\\.System\\.getenv/.*")));

    @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
    private final Function<String, ArchRule> rule;

    ArchitectureRule(Function<String, ArchRule> rule) {
        this.rule = rule;
    }

    /** The rule for the modules below a root package. */
    ArchRule in(String root) {
        return rule.apply(root)
                .allowEmptyShould(true)
                .as(name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    private static ArchCondition<JavaField> beConstant() {
        DescribedPredicate<JavaField> constant = describe(
                "be final, and hold nothing that is made to change",
                field -> field.getModifiers().contains(JavaModifier.FINAL)
                        && !resideInAnyPackage("java.util.concurrent..").test(field.getRawType())
                        && !field.getRawType().isAssignableTo(ThreadLocal.class));
        return ArchConditions.be(constant);
    }

    /** Calls and method references whose target, as {@code owner.name/number of parameters}, matches a pattern. */
    private static DescribedPredicate<JavaAccess<?>> targetMatches(String description, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return describe(
                description,
                access -> access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                        && compiled.matcher(target.getOwner().getName() + "." + target.getName() + "/"
                                        + target.getRawParameterTypes().size())
                                .matches());
    }

    private static DescribedPredicate<JavaAccess<?>> secretOrName(String root) {
        return describe(
                "draws a secret or a name",
                access -> Draws.EXEMPT.contains(
                        access.getOriginOwner().getName().replaceFirst("^" + Pattern.quote(root + "."), "") + " "
                                + access.getTargetOwner().getName()));
    }

    /** In a class of its own, because constants of an enum come before its static fields. */
    private static final class Draws {
        /** Class below the root, and what it may draw from: a token that proves shared memory, the secret of an attempt, the unique name
         * of a run. */
        static final Set<String> EXEMPT = Set.of(
                "worker.membership.SharedMemoryToken java.security.SecureRandom",
                // Whoever knows the seed of a run must not know what seals its frames.
                "worker.transport.FrameSecret java.security.SecureRandom",
                "driver.job.TrainingJob java.util.UUID");

        static final String UNSEEDED = String.join(
                "|",
                "java\\.lang\\.(Strict)?Math\\.random/0",
                "java\\.util\\.(Splittable)?Random\\.<init>/0",
                "java\\.util\\.Collections\\.shuffle/1",
                "java\\.util\\.UUID\\.randomUUID/0",
                "java\\.util\\.concurrent\\.ThreadLocalRandom\\..*",
                "java\\.util\\.random\\.RandomGenerator\\.getDefault/0",
                "java\\.security\\.SecureRandom\\.<init>/.*",
                "org\\.nd4j\\.linalg\\.factory\\.Nd4j\\.(randn?|getRandom|shuffle)/.*");
    }
}
