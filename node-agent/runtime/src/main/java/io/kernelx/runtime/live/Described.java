// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.FormChoice;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.state.Meta;
import io.kernelx.runtime.state.Meta.Kind;
import io.kernelx.runtime.state.Meta.Place;
import io.kernelx.runtime.text.VerifiedText;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.TunablePlan;
import java.util.ArrayList;
import java.util.List;

/** What a request will be described as once it is loaded, and whether that meets another. */
final class Described {
  private Described() {}

  static Meta meta(ApplyRequest request, FormChoice form, VerifiedText text) {
    TunablePlan plan = request.plan();
    return new Meta(
        plan.constant(),
        request.owner(),
        request.revision(),
        request.mode(),
        plan.digest(),
        plan.stubDigest(),
        plan.definitionDigest(),
        form,
        Values.signed(plan.range().min()),
        places(plan, text));
  }

  private static List<Place> places(TunablePlan plan, VerifiedText text) {
    List<Place> places = new ArrayList<>();
    for (ProbeSite site : plan.sites()) {
      int end = site.offset() + site.expected().length() / 2;
      places.add(new Place(Kind.SITE, site.function(), site.offset(), end, text.address(site)));
      places.add(
          new Place(
              Kind.CS,
              site.function(),
              site.spanStart(),
              site.spanEnd(),
              text.address(site.unit(), site.function(), site.spanStart())));
    }
    for (SafeSpan span : plan.spans()) {
      places.add(
          new Place(
              Kind.SS,
              span.function(),
              span.start(),
              span.end(),
              text.address(span.unit(), span.function(), span.start())));
    }
    return places;
  }

  /**
   * Refuses a load whose probes or critical spans share bytes with another's.
   *
   * @param others what is loaded and stays loaded
   */
  static void refuseOverlap(Meta meta, List<Meta> others) throws RuntimeRefusedException {
    for (Meta other : others) {
      for (Place place : meta.places()) {
        for (Place theirs : other.places()) {
          if (place.kind() != Kind.SS && theirs.kind() != Kind.SS && place.meets(theirs)) {
            throw new RuntimeRefusedException(
                Reason.OVERLAPS,
                meta.constant()
                    + " and the loaded "
                    + other.constant()
                    + " (of "
                    + other.owner()
                    + ") change the same instructions of "
                    + place.function()
                    + "; revert the other first.");
          }
        }
      }
    }
  }
}
