package dev.dropwise.driver.cli;

import dev.dropwise.common.evaluation.EvaluationPass;
import dev.dropwise.common.evaluation.Uncertainty;
import dev.dropwise.worker.scoring.UncertainPredictions;
import java.util.List;

/**
 * Predictions by Monte Carlo dropout as CSV (RFC 4180): {@code index,label,p0,...,pN,v0,...,vN,entropy,mutual_information}, a line an
 * image, in the input's order. The label is the class whose mean probability p is the largest.
 */
final class UncertaintyTable {
    private UncertaintyTable() {}

    static String csv(List<UncertainPredictions> predictions) {
        int classes = predictions.stream()
                .mapToInt(UncertainPredictions::classes)
                .max()
                .orElse(0);
        StringBuilder csv = new StringBuilder("index,label");
        for (String column : new String[] {",p", ",v"}) {
            for (int c = 0; c < classes; c++) {
                csv.append(column).append(c);
            }
        }
        csv.append(",entropy,mutual_information\n");
        predictions.forEach(some -> append(csv, some, classes));
        return csv.toString();
    }

    private static void append(StringBuilder csv, UncertainPredictions some, int classes) {
        Uncertainty found = some.uncertainty();
        for (int i = 0; i < some.count(); i++) {
            csv.append(some.first() + i)
                    .append(',')
                    .append(EvaluationPass.mostProbable(found.means(), i * classes, classes));
            for (float[] values : new float[][] {found.means(), found.variances()}) {
                for (int c = 0; c < classes; c++) {
                    csv.append(',').append(values[i * classes + c]);
                }
            }
            csv.append(',')
                    .append(found.entropies()[i])
                    .append(',')
                    .append(found.mutualInformation()[i])
                    .append('\n');
        }
    }
}
