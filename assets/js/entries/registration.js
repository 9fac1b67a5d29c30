// The registration form, a little better: what is not asked of somebody does not show, and a district is chosen in lists.
import { followConditions } from "../conditions.js";
import { listDistricts } from "../districts.js";
import { suggestDistricts } from "../suggestions.js";

for (const form of document.querySelectorAll("form[method=post]")) {
  followConditions(form);
  listDistricts(form);
}
suggestDistricts();
