/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/quantity.h"

#include "base/num.h"

static const struct {
	struct mg_str suffix;
	double        factor;
} units[] = {
	{ MG_STR("Ki"), 1024.0 },          { MG_STR("Mi"), 1048576.0 },
	{ MG_STR("Gi"), 1073741824.0 },    { MG_STR("Ti"), 1099511627776.0 },
	{ MG_STR("Pi"), 1125899906842624.0 }, { MG_STR("Ei"), 1152921504606846976.0 },
	{ MG_STR("n"), 1e-9 },             { MG_STR("u"), 1e-6 },
	{ MG_STR("m"), 1e-3 },             { MG_STR("k"), 1e3 },
	{ MG_STR("M"), 1e6 },              { MG_STR("G"), 1e9 },
	{ MG_STR("T"), 1e12 },             { MG_STR("P"), 1e15 },
	{ MG_STR("E"), 1e18 },
};

bool mg_quantity(struct mg_str s, double *out)
{
	double factor = 1;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && factor == 1; i++)
		if (mg_str_ends(s, units[i].suffix)) {
			factor = units[i].factor;
			s = mg_str_head(s, s.n - units[i].suffix.n);
		}
	if (s.n == 0 || !(mg_is_digit(s.p[0]) || s.p[0] == '.') || !mg_num_f64(s, out))
		return false;
	*out *= factor;
	return *out >= 0 && *out < 4611686018427387904.0;
}
